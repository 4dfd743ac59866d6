/** Entry of the interface: mounts the application into the page. */
import { mount } from 'svelte';
import App from './App.svelte';
import './styles/tokens.css';

mount(App, { target: document.getElementById('app')! });
